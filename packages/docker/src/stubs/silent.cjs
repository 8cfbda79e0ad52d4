// Stands in a bundle for `debug`: docker-modem would print requests, registry credentials among them, when DEBUG is set.
"use strict";

module.exports = () => () => {};
