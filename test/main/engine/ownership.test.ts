import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { controlledBy, controllerOf, isControlledBy } from '#engine/ownership.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

it('API-155: the reference names the owner and says that it controls', () => {
  expect(controlledBy(resources.rollouts, aRollout())).toEqual({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'web',
    uid: 'uid-web',
    controller: true,
    blockOwnerDeletion: true,
  })
})

it('API-155: an object is controlled by the one with the uid, whatever its name; not by a mere owner', () => {
  const rs = aReplicaSet()
  expect(controllerOf(rs)?.name).toBe('web')
  expect(isControlledBy(rs, aRollout())).toBe(true)
  const [owner] = rs.metadata.ownerReferences ?? []
  const owned = owner && { ...rs, metadata: { ...rs.metadata, ownerReferences: [{ ...owner, controller: false }] } }
  expect(owned && isControlledBy(owned, aRollout())).toBe(false)
  expect(isControlledBy(aReplicaSet({ owner: 'uid-other' }), aRollout())).toBe(false)
  expect(isControlledBy(aReplicaSet({ owner: null }), aRollout())).toBe(false)
})
