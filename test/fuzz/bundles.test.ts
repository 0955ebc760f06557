import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { aBundle } from '#test/support/a-bundle.ts'
import { bundleCase, tryBundle } from './bundles.ts'

const cases = 200

describe('bundles that were made up', () => {
  it('200 that are malformed: each is refused in clear words, and nothing is written', {
    timeout: 180_000,
  }, async () => {
    const good = await aBundle()
    const folder = mkdtempSync(join(tmpdir(), 'argosy-empty-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const before = process.cwd()
    process.chdir(folder)
    onTestFinished(() => process.chdir(before))
    const kinds = new Set<string>()
    for (let seed = 1; seed <= cases; seed++) {
      const one = bundleCase(seed, good, 'malformed')
      const { outcome, violation } = await tryBundle(one)
      expect({ seed, kind: one.kind, violation }).toEqual({ seed, kind: one.kind, violation: undefined })
      kinds.add(outcome)
    }
    expect(kinds.size).toBeGreaterThan(25)
    expect(readdirSync(folder)).toEqual([])
  })

  it('the one that they are made of is opened, and the same seed is the same case', async () => {
    const good = await aBundle()
    const tried = await tryBundle({ seed: 0, kind: 'good', bytes: good, isMalformed: false })
    expect(tried).toMatchObject({ outcome: 'good: opened', violation: undefined })
    expect(bundleCase(7, good)).toEqual(bundleCase(7, good))
  })
})
