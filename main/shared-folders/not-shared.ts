/** Why a path cannot be given to a container; for the person who asked for it. */
export class NotSharedError extends Error {}
