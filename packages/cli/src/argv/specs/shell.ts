// completion and install-plugin: how the program fits into shells and into docker's own command line.
import { command } from "../Flag.ts";

export const completionSpec = command({
  name: "completion",
  about: "Print the completion script for a shell",
  more: "Commands, flags, services, profiles, projects and contexts are completed; names are looked up while you type.\n\nbash: composure completion bash > /etc/bash_completion.d/composure\nzsh: composure completion zsh > \"${fpath[1]}/_composure\"\nfish: composure completion fish > ~/.config/fish/completions/composure.fish\npowershell: composure completion powershell >> $PROFILE",
  usage: "SHELL",
  operands: { min: 1, max: 1 },
  flags: [],
  examples: [
    ["source <(composure completion bash)", "Complete in this bash"],
    ["composure completion zsh > \"${fpath[1]}/_composure\"", "Complete in every zsh from now on"],
  ],
});

export const installPluginSpec = command({
  name: "install-plugin",
  about: "Make Composure a plugin of docker's command line",
  more: "Writes a small starter into the folder of docker's plugins: docker composure works from then on. With --as compose, docker compose is Composure for this user; a docker compose that is there already is only replaced with --force.",
  usage: "[OPTIONS]",
  operands: { min: 0, max: 0 },
  flags: [
    { name: "as", kind: "text", value: "string", preset: "composure", about: 'Name of the plugin ("composure"|"compose") (default "composure")' },
    { name: "force", short: "f", kind: "switch", about: "Replace a plugin of that name that is not Composure" },
    { name: "remove", kind: "switch", about: "Take the starter away again" },
  ],
  examples: [
    ["composure install-plugin", "docker composure up, from now on"],
    ["composure install-plugin --as compose", "docker compose up is Composure, from now on"],
    ["composure install-plugin --as compose --remove", "docker's own compose again"],
  ],
});
