const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/**
 * True when a `Host` header names this machine itself. A page of the web whose own name was made to point here sends that
 * name, and is told nothing.
 */
export const isLoopbackHost = (header: string | undefined): boolean => header !== undefined && loopback.test(header)
