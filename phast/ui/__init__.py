"""The look: page shell, forms, template tags, error pages. What a page author needs to know:

A page extends `base.html` and fills blocks: `title` (short; the coalition's name is added), `heading` (the h1), and as needed
`eyebrow` (a quiet line above), `lead` (a sentence or two below), `breadcrumbs`, `actions` (buttons beside the heading; one
primary a page), `content`, `extra_head` (scripts with `defer`), `main_class`. A block that stays empty takes no room.

    {% extends "base.html" %}
    {% block title %}Partners{% endblock title %}
    {% block breadcrumbs %}{% breadcrumbs "Home" portal.home "Partners" %}{% endblock breadcrumbs %}
    {% block heading %}Partners{% endblock heading %}
    {% block actions %}<a class="usa-button" href="{{ add_url }}">{% icon "add" %}Add a partner</a>{% endblock actions %}
    {% block content %}
      {% table "Partners" hide_caption=True stacked=True %}
        <thead><tr><th scope="col">Name</th><th scope="col" class="number">Kits</th></tr></thead>
        <tbody>
          {% for row in page %}
            <tr><th scope="row">{{ row.name }}</th><td class="number" data-label="Kits">{{ row.kits|number }}</td></tr>
          {% endfor %}
        </tbody>
      {% endtable %}
      {% pager page "partners" %}
    {% endblock content %}

A form page is
    <form class="form" method="post" novalidate>{% csrf_token %}{{ form }}
      <div class="form-buttons"><button class="usa-button" type="submit">Save</button> <a href="…">Cancel</a></div></form>
with `novalidate` because our own messages are kinder than the browser's. `{{ form }}` writes the error summary and every field;
one field alone is `{{ form.name.as_field_group }}`, under `{% include "ui/forms/errors.html" %}`. A form answered with errors has
status 422. Dates, times and whole numbers get the right control by themselves; `phast.ui.forms` also has `ZipInput`, `MonthField`,
`WholeNumberField`, and `VersionedModelForm` for records that two people may edit at once.

Tags and filters are in `templatetags/ui.py` and need no `{% load %}`: `{% icon %}`, `{% status_tag %}`, `{% card %}`, `{% breadcrumbs %}`,
`{% subnav %}` (tabs of a section), `{% nothing "No partners yet" %}…{% endnothing %}`, `{% table %}…{% endtable %}`,
`{% drawing %}`, `{% sortable %}` (a column head), `{% pager %}`, and the filters
`local_date`, `local_time`, `month`, `number`, `kits`, `device`.

Classes (static/css/app.css): `cards` (a list of `{% card %}`), `columns` (side by side where there is room), `row`, `stack`, `panel`,
`narrow`, `facts` (a dl), `muted`, `small`, `number` (a right-aligned column), `inline-fields` (a filter bar), `form-buttons`, `more`
(a details). Buttons and alerts are the theme's: `usa-button`, `usa-button--outline`, `usa-button--unstyled`, `usa-button--secondary`
(destructive), `usa-alert usa-alert--info|success|warning|error` with `usa-alert__body` and `usa-alert__text` inside.

Scripts: htmx 4 (attributes are not inherited unless marked `:inherited`; an answer of 422 is swapped in; 401, 403, 404 and 5xx are
not, and show a message). `data-confirm="Remove this partner?"` on a button or form asks first; `data-print` on a button prints;
`data-copies="id"` on a button copies what stands in that box; a form answered with a file carries `data-download`, so that it can be
sent again; a hidden element with `data-needs-script` appears.
A job's progress: `{% include "ui/_job.html" with job=job poll_url=… back_url=… %}`.
"""
