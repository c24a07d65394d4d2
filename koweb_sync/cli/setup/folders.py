"""Which folder of the post files goes into which category of the forum, as a person chooses at a terminal."""

from pathlib import Path

from koweb_sync.cli.category_list import names_of, several, show
from koweb_sync.cli.output import say
from koweb_sync.cli.questions import ask_for
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _
from koweb_sync.sync.setup.folders import HERE, folder_name, free_folder, known_folders, open_to


def ask_folders(posts: Path, site: Site) -> dict[str, str]:
    """Show the forum's categories; folder -> slug path, as a person chooses. What they do not choose has no folder."""
    there = open_to(site)
    if not there:
        return known_folders(posts, site)
    say(_("The categories in which {user} may start topics:").format(user=site.user))
    show([(one.name, one.shown) for one in there])
    found = {path: name for name, path in known_folders(posts, site).items()}
    default = ", ".join(str(number) for number, one in enumerate(there, 1) if one.path in found)
    question = _("In which of them will you publish? Their numbers, with commas between; Enter for none yet")
    if default:
        question = _("In which of them will you publish? Their numbers, with commas between")
    names = [names_of(one) for one in there]
    chosen = [there[at] for at in ask_for(question, lambda text: several(text, names), default)]
    folders: dict[str, str] = {}
    for one in chosen:
        wanted = found.get(one.path) or (HERE if len(chosen) == 1 else folder_name(one, folders))
        question = _("Folder for “{category}” in {posts}; a dot means {posts} itself").format(
            category=one.name, posts=posts.name
        )
        folders[ask_for(question, lambda text: free_folder(text, folders), wanted)] = one.path
    return folders
