"""The rooms of the desk, in the order of its menu."""

from koweb_sync.desk.adding_pages import ADDING
from koweb_sync.desk.app import DeskRoom
from koweb_sync.desk.bring_back_pages import BRING_BACK
from koweb_sync.desk.delete_pages import DELETING
from koweb_sync.desk.deleted_pages import DELETED
from koweb_sync.desk.forget_pages import FORGETTING
from koweb_sync.desk.help_pages import HELP
from koweb_sync.desk.memory_pages import MEMORY
from koweb_sync.desk.preview_pages import PREVIEWS
from koweb_sync.desk.publish_pages import PUBLISH
from koweb_sync.desk.report_pages import REPORT
from koweb_sync.desk.saving_pages import SAVING
from koweb_sync.desk.set_up_pages import SETTING_UP
from koweb_sync.desk.translation_pages import TRANSLATIONS
from koweb_sync.desk.version_pages import VERSIONS
from koweb_sync.desk.waiting_pages import WAITING
from koweb_sync.desk.work_pages import WORK
from koweb_sync.desk.write_pages import WRITE

ROOMS: tuple[DeskRoom, ...] = (
    PREVIEWS,
    WRITE,
    SAVING,
    FORGETTING,
    ADDING,
    DELETING,
    DELETED,
    TRANSLATIONS,
    VERSIONS,
    PUBLISH,
    BRING_BACK,
    WAITING,
    MEMORY,
    REPORT,
    SETTING_UP,
    HELP,
    WORK,
)
