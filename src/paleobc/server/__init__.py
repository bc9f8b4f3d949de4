"""The web application: pages, programs' interface, events; it reads requests and calls services."""
