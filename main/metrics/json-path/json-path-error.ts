/** Why a path cannot be used or followed, in the reference's words. Caught where paths are used. */
export class JsonPathError extends Error {}

/** A field that none of the values has. */
export class MissingField extends JsonPathError {}
