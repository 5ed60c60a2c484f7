"""Long texts with signs for headings, lists and links: what static/editor.js puts its buttons above."""

# The attributes of such a field. Pages that hold one include templates/desk/ui/_editor.html.
EDITED = {"data-editor": ""}
