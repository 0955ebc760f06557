import { describe, expect, it } from 'vitest'
import { behaviourOf, tagOf } from '#main/sandbox/controllers/image-behaviour.ts'

describe('the tag of an image', () => {
  it.each([
    ['web:1.0', '1.0'],
    ['registry.test:5000/shop/web:1.0', '1.0'],
    ['registry.test:5000/shop/web', 'latest'],
    ['web:1.0@sha256:abc', '1.0'],
    ['web', 'latest'],
  ])('of %s is %s', (image, tag) => expect(tagOf(image)).toBe(tag))
})

describe('what an image does', () => {
  it.each([
    ['web:1.0.0', { start: 'normal', stop: 'normal', errorRate: 0.002, latencyFactor: 1, exitCode: 0 }],
    ['web:1.0.0', { course: 'steady', latencyModes: 'one', metrics: 'reported' }],
    ['web:1.0.0-crash', { start: 'crash' }],
    ['web:CrashLoop', { start: 'crash' }],
    ['web:2-hang', { start: 'never-ready' }],
    ['web:2-never-ready', { start: 'never-ready' }],
    ['web:missing', { start: 'unpullable' }],
    ['web:2-pull-error', { start: 'unpullable' }],
    ['web:2-slow', { start: 'slow', stop: 'normal' }],
    ['web:2-slow-stop', { start: 'normal', stop: 'slow' }],
    ['web:bad-red', { start: 'normal', errorRate: 0.12 }],
    ['web:2-flaky', { errorRate: 0.025 }],
    ['web:2-laggy', { latencyFactor: 6 }],
    ['web:2-burst', { start: 'normal', course: 'burst' }],
    ['web:2-flapping', { course: 'flapping' }],
    ['web:2-leak', { course: 'leak' }],
    ['web:2-bimodal', { course: 'steady', latencyModes: 'two' }],
    ['web:2-no-metrics', { metrics: 'absent' }],
    ['web:2-flaky-leak-bimodal', { errorRate: 0.025, course: 'leak', latencyModes: 'two' }],
    ['job:fail', { exitCode: 1 }],
  ])('%s', (image, behaviour) => expect(behaviourOf(image)).toMatchObject(behaviour))

  it.each(['web:crashproof', 'web:badger', 'web:outburst', 'web:leaky', 'crash/web:1', 'registry.bad:5000/web:1'])(
    '%s only sounds like trouble',
    (image) => expect(behaviourOf(image)).toEqual(behaviourOf('web:1.0.0')),
  )
})
