"""Words that people type for a command, in either language, and the command that is meant. Capitals and accents do not
count.
"""

from collections.abc import Mapping

from koweb_sync.spelling import latin

# command: what else it is called
CALLED: Mapping[str, str] = {
    "--help": "help aide aider assistance manual manuel commandes commands",
    "--version": "version",
    "init": "setup start begin configure initialize install initialiser installer configurer commencer debuter creer",
    "login": "signin connect connection connecter connexion identifier",
    "logout": "signout disconnect deconnecter deconnexion",
    "new": "write create add nouveau nouvelle ecrire rediger article brouillon ajouter",
    "check": "lint validate test verifier verification controler controle corriger tester",
    "import": "importer importation convert convertir",
    "preview": "see view apercu previsualiser previsualisation voir visualiser",
    "desk": "gui web ui window browser bureau fenetre navigateur interface",
    "status": "state stat etat statut situation",
    "diff": "difference differences compare comparer changes modifications",
    "plan": "planifier prevoir prevision",
    "push": "publish publication send upload publier envoyer pousser poster",
    "fetch": "nouvelles nouveautes",
    "pull": "get download recuperer recevoir telecharger rapporter ramener tirer rapatrier",
    "sync": "synchronize synchronise synchroniser synchronisation synchro update actualiser",
    "adopt": "adopter adoption reprendre",
    "component": "composant",
    "archive": "archiver archives archivage save backup sauvegarder sauvegarde",
    "archive list": "lister liste topics sujets",
    "archive show": "montrer afficher",
    "archive search": "find grep chercher rechercher recherche trouver",
    "archive stats": "statistics statistiques statistique chiffres",
    "archive export": "exporter exportation",
    "archive forget": "oublier effacer oubli erase",
    "archive restore": "restaurer restauration",
    "archive close": "fermer cloturer cloture fermeture",
    "listen": "watch follow ecouter suivre webhook",
    "report": "rapport rapports engagement participation",
    "letter": "lettre newsletter bulletin infolettre",
    "feed": "rss atom flux",
    "doctor": "diagnose diagnostic diagnostiquer docteur depanner depannage",
    "demo": "demonstration essai essayer",
    "sandbox": "playground",
}
MEANT: Mapping[str, str] = {word: command for command, words in CALLED.items() for word in words.split()}


def meant(word: str) -> str:
    """The command that a word stands for, as it is typed behind “koweb”; "" for none."""
    return MEANT.get(latin(word), "")
