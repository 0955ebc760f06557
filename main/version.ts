import manifest from '../package.json' with { type: 'json' }

/** Of the package, as shown to people. */
export const { version } = manifest
