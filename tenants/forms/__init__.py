"""Forms of the ground floor. Settings name those of signing in by this package."""

from .accounts import (
    InvitationForm,
    PasswordAgainForm,
    PasswordForm,
    SecondStepAgainForm,
    SecondStepForm,
    SecondStepSetupForm,
    SignInForm,
)
from .calendar import CalendarForm
from .operators import TenantForm, region_names
from .structure import BodyNameForm, EntryForm, NameForm, RegionForm, UnitForm
from .users import NewUserForm, PersonForm, RoleForm

__all__ = [
    "BodyNameForm",
    "CalendarForm",
    "EntryForm",
    "InvitationForm",
    "NameForm",
    "NewUserForm",
    "PasswordAgainForm",
    "PasswordForm",
    "PersonForm",
    "RegionForm",
    "RoleForm",
    "SecondStepAgainForm",
    "SecondStepForm",
    "SecondStepSetupForm",
    "SignInForm",
    "TenantForm",
    "UnitForm",
    "region_names",
]
