// Stands in a bundle for `util` in docker-modem, which writes every request's options at full depth for a `debug` that says nothing.
"use strict";

module.exports = { inspect: () => "" };
