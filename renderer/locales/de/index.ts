/** The same namespaces as in English; what is missing here is shown in English. */
export const german: Record<string, object> = {};
