import { rolloutKey } from '#contract/keys.ts'

/** Key of a rollout of the fixture fleet. */
export const fixtureKey = (context: string, name: string, namespace = 'shop') =>
  rolloutKey({ context, namespace, name })
