import { describe, expect, it } from 'vitest'
import { imageVersion } from '#main/fleet/image-version.ts'

describe('imageVersion', () => {
  it.each([
    ['web:1.2', '1.2'],
    ['registry:5000/shop/web:1.2', '1.2'],
    ['registry:5000/shop/web', 'latest'],
    ['web:1.2@sha256:0a1b2c3d4e5f', '1.2'],
    ['registry:5000/web@sha256:0a1b2c3d4e5f', '0a1b2c3'],
  ])('%s is %s', (image, version) => {
    expect(imageVersion(image)).toBe(version)
  })
})
