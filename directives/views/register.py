"""The register of directives, and the page of one."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from criteria.asking import shown_today
from directives import register
from directives.forms.directives import RegisterForm
from directives.models import Directive
from directives.queries import target_results
from ntm_portal.accounts.permissions import may, require
from ntm_portal.core import clock

PER_PAGE = 25


@require_safe
def directive_list(request: HttpRequest) -> HttpResponse:
    """Directives, the latest first, with what became of their targets and tasks."""
    require(request.user, "read_own_work")
    given = RegisterForm.read(request.GET)
    found = register.register(words=given["tim"], kind=given["loai"], issuer=given["co_quan"], year=given["nam"])
    page = Paginator(found, PER_PAGE).get_page(given["trang"] or 1)
    today = clock.today()
    results = target_results(shown_today())
    asked = {name: value for name, value in given.items() if value and name != "trang"}
    context = {
        "title": "Văn bản chỉ đạo",
        "page": page,
        "rows": register.register_rows(page.object_list, results, request.user.scope, today=today),
        "given": given,
        "asked": urlencode(asked),
        "kinds": Directive.Kind.choices,
        "may_edit": may(request.user, "edit_directives"),
        "reads_all": request.user.scope.reads_all,
        **register.years_and_issuers(),
    }
    return render(request, "directives/directive_list.html", context)


@require_safe
def directive_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A directive: what it is, what it builds on, its text with what was made of it, its targets and tasks."""
    require(request.user, "read_own_work")
    rows = Directive.objects.visible_to(request.user.scope).select_related("file").prefetch_related("recipients")
    directive = get_object_or_404(rows, pk=pk)
    tasks = register.tasks_of(directive, request.user.scope)
    results = register.results_of(directive, target_results(shown_today()))
    marks = register.marks_in(directive.body, [r.target for r in results], [row.task for row in tasks])
    context = {
        "title": str(directive),
        "directive": directive,
        "chain": register.chain(directive),
        "pieces": register.marked_text(directive.body, marks),
        "results": results,
        "tasks": tasks,
        "today": clock.today(),
        "may_edit": may(request.user, "edit_directives"),
        "may_give": may(request.user, "give_tasks"),
    }
    return render(request, "directives/directive_detail.html", context)
