/** Where the bench's registry answers, in each engine's network namespace. */
export const registryHost = '127.0.0.1:5000';

/** Names that every engine takes as they are: without a host podman would put another before them. */
export const busybox = `${registryHost}/bench/busybox:latest`;
export const lines = `${registryHost}/bench/lines:latest`;
export const large = `${registryHost}/bench/large:latest`;
