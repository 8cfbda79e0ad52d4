// Printable, sortable identities of everything that a plan can touch.

/** "network:front", "volume:data", "image:nginx:alpine", "service:web:1", "container:NAME" for orphans and one-offs. */
export type Address = string & { readonly Address: unique symbol };

const make = (text: string): Address => text as Address;

export const networkAddress = (key: string): Address => make(`network:${key}`);
export const volumeAddress = (key: string): Address => make(`volume:${key}`);
export const imageAddress = (reference: string): Address => make(`image:${reference}`);
export const replicaAddress = (service: string, number: number): Address => make(`service:${service}:${number}`);
export const serviceAddress = (service: string): Address => make(`service:${service}`);
export const providerAddress = (service: string): Address => make(`provider:${service}`);
export const modelAddress = (key: string): Address => make(`model:${key}`);
export const containerAddress = (name: string): Address => make(`container:${name}`);
