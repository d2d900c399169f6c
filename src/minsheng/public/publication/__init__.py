"""Published cases: the list and page that everybody may read, search, feed and figures. Confirmed words, no others."""
