"""What classes say of an element."""

import pytest

from extractors import outline

LISTS = ("_TITLE_CLASSES", "_DATE_CLASSES", "_CHANGE_WORDS", "_AUTHOR_WORDS", "_ASIDE_CLASSES", "_HIDDEN", "_BRAND")


@pytest.mark.parametrize("name", sorted({name for listed in LISTS for name in getattr(outline, listed)}))
def test_every_listed_class_has_a_role(name):
    assert outline.class_roles(name)


@pytest.mark.parametrize("name", ["row", "col-md-8", "css-1yexn9p", "flex items-center", ""])
def test_classes_of_the_layout_have_none(name):
    assert not outline.class_roles(name)


def test_parts_of_a_thread_stand_aside_not_the_page_that_allows_one():
    assert "aside" in outline.class_roles("comment-body")
    assert "aside" not in outline.class_roles("comments-open")
