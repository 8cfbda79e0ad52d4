// How a container joins a network, as the engine takes it.
import { endpointBody } from "@composure/docker/spec/network";
import { expect, test } from "vitest";

test("a fixed IPv6 address is an address and never a gateway", () => {
  const body = endpointBody({
    network: "n",
    aliases: ["web"],
    links: [],
    settings: { ipv4_address: "10.0.0.9", ipv6_address: "fd00::9" },
  });
  expect(body).toMatchObject({ Aliases: ["web"], IPAMConfig: { IPv4Address: "10.0.0.9", IPv6Address: "fd00::9" } });
  expect(JSON.stringify(body)).not.toContain("Gateway");
});
