import { matching } from './check.ts';

/** Ids, id prefixes and names. The value goes into a URL path, so that this pattern also keeps slashes, dots alone and queries out. */
export const containerId = matching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/, 'the id or name of a container, network or volume');
export const containerName = matching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/, 'a name of letters, digits, "_", "." and "-" that starts with a letter or digit');
/** Ids and references; the engine judges the rest. No empty part, so that `..` cannot climb in the URL path. */
export const imageId = matching(/^(?!.*(?:\/\/|\/?\.\.?(?:\/|$)))[a-zA-Z0-9][a-zA-Z0-9_./:@-]{0,511}$/, 'the id or reference of an image');
