"""From hits to answers with citations: in the shell and over HTTP."""
