"""A reviewed plan is carried out only if the forum still holds what it was made from."""

from koweb_sync.errors import PlanMoved
from koweb_sync.i18n import _
from koweb_sync.sync.publish.actions import Edit, Plan
from koweb_sync.sync.publish.carry_out_action import PublishRun


def still_as_reviewed(run: PublishRun, chosen: Plan) -> None:
    """Read every topic that the plan edits: one request each, before the first write. Raises PlanMoved."""
    for action in chosen.actions:
        if isinstance(action, Edit):
            view = run.forum.topic(action.agreed.topic)
            if view.first.raw != action.agreed.raw or view.deleted:
                raise PlanMoved(
                    _("The plan is out of date: topic {topic} was edited on the forum since.").format(topic=view.id),
                    where=run.forum.topic_url(view.id),
                    remedy=_("Make a new one with “koweb plan -o”, and review it again."),
                )
