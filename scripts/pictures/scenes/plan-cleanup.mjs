// Another day: changed routes, more workers, a new service, and one that left the file.
const before = `services:
  proxy:
    image: nginx:1.27
    ports: ["127.0.0.1:8443:80"]
    configs: [{source: routes, target: /etc/nginx/conf.d/shop.conf}]
  worker:
    image: node:22
    command: idle
    depends_on: [queue]
  queue:
    image: redis:7
  mailer:
    image: node:20
    depends_on: [queue]
configs:
  routes: {content: "proxy_pass http://web;"}
`;

const after = before
  .replace(/ {2}mailer:[\s\S]*?(?=configs:\n)/, "  metrics:\n    image: python:3.12\n    networks: [default, backstage]\nnetworks:\n  backstage:\n")
  .replace("http://web;", "http://web:8080;")
  .replace("    command: idle\n", "    command: idle\n    scale: 3\n");

export const scene = {
  columns: 112,
  files: { "compose.yaml": before },
  before: ["composure up -d"],
  takes: [{ files: { "compose.yaml": after }, show: "composure plan --remove-orphans" }],
};
