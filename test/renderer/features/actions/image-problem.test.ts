import { expect, it } from 'vitest'
import { imageProblem } from '#renderer/features/actions/image-problem.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

it.each([
  ['cart:1.4.0', undefined],
  ['registry:5000/shop/cart:1.4.0', undefined],
  [`cart@${digest}`, undefined],
  [`registry:5000/cart:1.4.0@${digest}`, undefined],
  ['', 'noTag'],
  ['cart', 'noTag'],
  ['registry:5000/shop/cart', 'noTag'],
  [':1.4.0', 'noName'],
  [`@${digest}`, 'noName'],
  ['cart:', 'emptyTag'],
  ['cart@1.4.0', 'badDigest'],
  ['cart@sha256:', 'badDigest'],
])('ACT-115: %s: %s', (image, problem) => {
  expect(imageProblem(image)).toBe(problem)
})
