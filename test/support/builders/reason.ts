import type { Reason } from '#lib/reason.ts'

/** A reason in a controller's own words. */
export const said = (message: string): Reason => ({
  cause: 'told',
  object: undefined,
  since: undefined,
  values: { message },
})

/** Pods of a ReplicaSet that are still to come. */
export const awaits = (missing: number, pods: number, revision = 2): Reason => ({
  cause: 'podsStarting',
  object: { kind: 'ReplicaSet', name: 'web-v2' },
  since: undefined,
  values: { missing, pods, revision },
})
