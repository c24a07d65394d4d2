"""The rooms of the desk, in the order of its menu."""

from koweb_sync.desk.rooms.adding import ADDING
from koweb_sync.desk.rooms.begin import BEGINNING
from koweb_sync.desk.rooms.bring_back import BRING_BACK
from koweb_sync.desk.rooms.delete import DELETING
from koweb_sync.desk.rooms.deleted import DELETED
from koweb_sync.desk.rooms.forget import FORGETTING
from koweb_sync.desk.rooms.help import HELP
from koweb_sync.desk.rooms.icon import ICON
from koweb_sync.desk.rooms.keeping import KEEPING
from koweb_sync.desk.rooms.memory import MEMORY
from koweb_sync.desk.rooms.preview import PREVIEWS
from koweb_sync.desk.rooms.publish import PUBLISH
from koweb_sync.desk.rooms.report import REPORT
from koweb_sync.desk.rooms.saving import SAVING
from koweb_sync.desk.rooms.set_up import SETTING_UP
from koweb_sync.desk.rooms.translation import TRANSLATIONS
from koweb_sync.desk.rooms.version import VERSIONS
from koweb_sync.desk.rooms.waiting import WAITING
from koweb_sync.desk.rooms.work import WORK
from koweb_sync.desk.rooms.write import WRITE
from koweb_sync.desk.serving.app import DeskRoom

ROOMS: tuple[DeskRoom, ...] = (
    PREVIEWS,
    WRITE,
    BEGINNING,
    SAVING,
    KEEPING,
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
    ICON,
    HELP,
    WORK,
)
