"""The pages of the organisers' space, one module a page or a family of pages."""
