"""The therapist's side: cases, invitations, readings, and what waits."""

from bot.engine.effects import Words
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows import assigning, caseload, worklist
from bot.flows.menu import has_two_roles, switch_role
from bot.flows.offer import Offer


def make(offer: Offer) -> Flow:
    """Return the therapist's side over the modules on offer."""
    readings = assigning.readings(offer)
    return flow(
        "therapist",
        (*_own_steps(), *_case_steps(), *assigning.steps(readings), *worklist.steps()),
        (*_own_moves(), *_case_moves(), *assigning.moves(readings), *worklist.moves()),
        moved={"assign": "readings", "close": "manage"},
        resumable=False,
    )


def _own_steps() -> tuple[Step, ...]:
    return (
        Step(
            "details",
            (Words("therapist.details"), Words("therapist.details_shown")),
            reads="typed",
            own_words=True,
            retry=Words("therapist.details_form"),
        ),
        Step(
            "home",
            (Words("therapist.home"),),
            (
                option("button.worklist", "requests"),
                option("button.cases", "cases"),
                option("button.new_case", "new"),
                option("button.more_things", "more"),
            ),
            values=worklist.details,
            edits=True,
        ),
        Step(
            "more",
            (Words("therapist.more"),),
            (
                option("button.settings", "settings"),
                option("button.office", "office"),
                option("button.privacy", "privacy"),
                option("button.switch_role", "role", has_two_roles),
            ),
            values=caseload.values,
            edits=True,
        ),
        Step(
            "label",
            (Words("therapist.label"),),
            (option("button.back", "back"),),
            values=caseload.values,
            reads="typed",
            own_words=True,
            retry=Words("therapist.label_form"),
        ),
        Step(
            "invitations",
            caseload.invitations,
            (
                option("button.picture_link", "picture_link", caseload.link_made),
                option("button.picture_code", "picture_code", caseload.code_made),
                option("button.open_case", "case"),
                option("button.to_menu", "home"),
            ),
            values=caseload.values,
        ),
    )


def _own_moves() -> tuple[Move, ...]:
    return (
        Move(
            "typed",
            "details",
            "home",
            when=caseload.details_fit,
            does=caseload.save_details,
            says=(Words("therapist.details_saved"),),
        ),
        Move("requests", "home", "requests"),
        Move("cases", "home", "cases", does=caseload.forget),
        Move("new", "home", "label", does=caseload.forget),
        Move("more", "home", "more"),
        Move("settings", "more", Exit("settings")),
        Move("office", "more", Exit("office")),
        Move("privacy", "more", Exit("privacy")),
        Move("role", "more", Exit(HOME), when=has_two_roles, does=switch_role),
        Move("typed", "label", "invitations", when=caseload.label_fits, does=caseload.open_case),
        Move("back", "label", "home"),
        Move(
            "picture_link",
            "invitations",
            "picture",
            when=caseload.link_made,
            does=caseload.picture_link,
        ),
        Move(
            "picture_code",
            "invitations",
            "picture",
            when=caseload.code_made,
            does=caseload.picture_code,
        ),
        Move("case", "invitations", "case", does=caseload.only_the_case),
        Move("home", "invitations", "home", does=caseload.forget),
        Move("again", "picture", "invitations"),
        Move("case", "picture", "case", does=caseload.only_the_case),
    )


def _case_steps() -> tuple[Step, ...]:
    return (
        Step(
            "picture",
            (Words("therapist.picture"),),
            (option("button.picture_text", "again"), option("button.open_case", "case")),
        ),
        Step(
            "cases",
            caseload.cases_heading,
            (option("button.new_case", "new"),),
            choices=caseload.cases,
            edits=True,
        ),
        Step(
            "case",
            (Words("therapist.case"),),
            (
                option("button.confirm_case", "confirm", caseload.may_confirm),
                option("button.invite", "invite", caseload.may_invite),
                option("button.assign", "readings"),
                option("button.case_consent", "consent"),
                option("button.manage_case", "manage"),
            ),
            values=caseload.values,
            edits=True,
        ),
        Step(
            "invite",
            (Words("therapist.invite"),),
            (
                option("button.new_link", "link", caseload.partner_missing),
                option("button.new_code", "code", caseload.patient_missing),
                option("button.withdraw_invites", "take_back"),
                option("button.open_case", "back"),
            ),
            values=caseload.values,
            edits=True,
        ),
        Step(
            "confirm",
            caseload.confirmation,
            (option("button.number_matches", "yes"), option("button.back", "back")),
            values=caseload.values,
        ),
        Step(
            "manage",
            (Words("therapist.manage"),),
            (
                option("button.style", "style"),
                option("button.close_case", "close"),
                option("button.open_case", "back"),
            ),
            values=caseload.values,
            edits=True,
        ),
        Step(
            "style",
            (Words("therapist.style"), Words("therapist.style_more")),
            (option("button.back", "back"),),
            choices=caseload.styles,
            values=caseload.values,
        ),
    )


def _case_moves() -> tuple[Move, ...]:
    return (
        Move("new", "cases", "label"),
        Move("case", "cases", "case", when=caseload.case_known, keeps="case", does=caseload.look),
        Move("more", "cases", "cases", keeps="page"),
        Move("confirm", "case", "confirm", when=caseload.may_confirm),
        Move("invite", "case", "invite", when=caseload.may_invite),
        Move("readings", "case", "readings"),
        Move("consent", "case", Exit("case_consent", keeps=("case",))),
        Move("manage", "case", "manage"),
        Move(
            "link",
            "invite",
            "invitations",
            when=caseload.partner_missing,
            does=caseload.renew_link,
        ),
        Move(
            "code",
            "invite",
            "invitations",
            when=caseload.patient_missing,
            does=caseload.renew_code,
        ),
        Move(
            "take_back",
            "invite",
            "case",
            does=caseload.take_back,
            says=(Words("therapist.taken_back"),),
        ),
        Move("back", "invite", "case"),
        Move(
            "yes",
            "confirm",
            "case",
            when=caseload.may_confirm,
            does=caseload.confirm,
            says=(Words("therapist.case_confirmed"),),
        ),
        Move("back", "confirm", "case"),
        Move("style", "manage", "style"),
        Move("close", "manage", Exit("ending", keeps=("case",))),
        Move("back", "manage", "case"),
        Move(
            "style",
            "style",
            "manage",
            when=caseload.style_known,
            does=caseload.set_style,
            says=(Words("therapist.style_set"),),
        ),
        Move("more", "style", "style", keeps="page"),
        Move("back", "style", "manage"),
    )
