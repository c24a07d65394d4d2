"""Which automation job runs this process: a job that died left a lock, and the next run of the same job may take it."""

from collections.abc import Mapping


def job(env: Mapping[str, str]) -> tuple[str, str]:
    """The name that every run of one job has, and the number of this run; two empty texts outside of automation.

    GitHub (and what speaks its language) and GitLab; both are told in our templates that two runs of the job never
    overlap. Anybody can set these variables: the lock keeps people out of each other's way, the guards of each write
    keep what is written safe.
    """
    for host, names, numbers in (
        ("github", ("GITHUB_SERVER_URL", "GITHUB_WORKFLOW_REF", "GITHUB_JOB"), ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT")),
        ("gitlab", ("CI_SERVER_URL", "CI_PROJECT_ID", "CI_JOB_NAME"), ("CI_JOB_ID",)),
    ):
        if all(env.get(name) for name in (*names, *numbers)):
            return " ".join([host, *(env[name] for name in names)]), ".".join(env[name] for name in numbers)
    return "", ""
