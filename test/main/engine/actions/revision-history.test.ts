import { expect, it } from 'vitest'
import { imageInWords, revisionInWords } from '#engine/actions/revision-history.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aWorld } from '#test/support/builders/world.ts'

it('ACT-99: a revision is named by its number and image', () => {
  const image = 'registry.test:5000/shop/search-index:1.20.0'
  const world = aWorld({ replicaSets: [aReplicaSet({ hash: 'v4', image, revision: 4 })] })
  expect(revisionInWords(world, 'v4')).toBe('revision 4 (search-index:1.20.0)')
})

it('falls back to the pod hash of a ReplicaSet that is not there', () => {
  expect(revisionInWords(aWorld(), 'v4')).toBe('version v4')
  expect(revisionInWords(aWorld(), '')).toBe('no version yet')
})

it.each([
  ['web', 'web'],
  ['registry:5000/web', 'web'],
  ['shop/web@sha256:0a1b2c3d4e5f', 'web@0a1b2c3'],
  ['shop/web:1.2@sha256:0a1b2c3d4e5f', 'web:1.2'],
])('%s is %s in words', (image, words) => {
  expect(imageInWords(image)).toBe(words)
})
