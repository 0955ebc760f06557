import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { historyFiles } from '#main/data-folder.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { aRecordedRelease } from '#test/support/recorded-release.ts'
import { runCli } from '#test/support/run-cli.ts'

async function aMachine() {
  const { path, clock } = await aRecordedRelease(
    join(dirname(aHistoryPath()), historyFiles.clusters),
    'errors\u001B[2J',
  )
  const elsewhere = dirname(aHistoryPath())
  return {
    here: (...args: readonly string[]) => runCli(args, clock, dirname(path)),
    /** Another laptop, with no history and no cluster. */
    there: (...args: readonly string[]) => runCli(args, clock, elsewhere),
    elsewhere,
    file: join(elsewhere, 'release.argosy'),
  }
}

describe('argosy bundle', () => {
  it('UI-HIST-1: a rollout is exported here and reviewed there, with no cluster', async () => {
    const { here, there, file, elsewhere } = await aMachine()
    const made = await here('bundle', 'export', '--rollout', 'eu/shop/web', '--file', file)
    expect(made).toMatchObject({ err: [], code: 0 })
    expect(made.out[0]).toMatch(/release\.argosy: \d+ rows, \d+ KiB, not locked: whoever has it can read it$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const shown = await there('bundle', 'show', file)
    expect(shown).toMatchObject({ err: [], code: 0 })
    expect(shown.out).toEqual([
      'Of:        the rollout eu/shop/web',
      'Contexts:  eu',
      expect.stringMatching(/^Time: {6}2026-01-15T09:56:00Z to 2026-01-15T10:11:30Z$/),
      expect.stringMatching(/^Captured: {2}2026-01-15T11:.* ago, with Argosy \d/),
      expect.stringMatching(/^Holds: {5}1 rollouts, 3 objects in 5 versions, 2 acts and writes, 0 plans$/),
      expect.stringMatching(/^Checksum: {2}matches, \d+ rows, sha256 [0-9a-f]{64}$/),
      expect.stringMatching(/^acts: 1 entries, unbroken/),
      expect.stringMatching(/^ {2}head journal:1:[0-9a-f]{64}$/),
      expect.stringMatching(/^writes: 1 entries, unbroken/),
      expect.stringMatching(/^ {2}head written:1:/),
    ])
    const list = await there('history', '--bundle', file)
    expect(list.out).toHaveLength(2)
    expect(list.out[1]).toContain('Aborted')
    const id = (list.out[1] ?? '').split(/\s+/).at(-1) ?? ''
    expect((await there('history', id, '--bundle', file)).out).toEqual((await here('history', id)).out)
    expect((await there('history', '--bundle', file, '--actions')).out).toHaveLength(2)
    expect((await there('history', '--bundle', file, '--writes')).out).toHaveLength(2)
    expect((await there('history', 'export', '--bundle', file)).out).toHaveLength(2)
    expect(readdirSync(elsewhere)).toEqual(['release.argosy'])
  })

  it('W10: there the record is verified without the database, and by the head that was noted down here', async () => {
    const { here, there, file } = await aMachine()
    const head = (await here('history', 'verify')).out[1]?.trim().replace('head ', '') ?? ''
    await here('bundle', 'export', '--since', '24h', '--file', file)
    expect(await there('history', 'verify', '--bundle', file, '--expect', head)).toMatchObject({ err: [], code: 0 })
    const other = head.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    expect(await there('history', 'verify', '--bundle', file, '--expect', other)).toMatchObject({ code: 1 })
  })

  it('never writes over a file, but when told to', async () => {
    const { here, file } = await aMachine()
    writeFileSync(file, 'mine')
    const args = ['bundle', 'export', '--plan', 'web 2', '--file', file] as const
    expect(await here(...args)).toMatchObject({ err: [`argosy: ${file} is there already.`], code: 1 })
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect(await here(...args, '--force')).toMatchObject({ code: 0 })
  })

  it('locks with a passphrase from a file', { timeout: 60_000 }, async () => {
    const { here, there, file, elsewhere } = await aMachine()
    const secret = join(elsewhere, 'pass')
    writeFileSync(secret, 'four words make one\n')
    const made = await here('bundle', 'export', '--since', '24h', '--file', file, '--passphrase-file', secret)
    expect(made.out[0]).toMatch(/locked$/)
    expect(await there('bundle', 'show', file)).toEqual({
      out: [],
      err: [
        `argosy: ${file} cannot be opened: It is locked with a passphrase.`,
        'Give it with --passphrase-file FILE.',
      ],
      code: 1,
    })
    expect(await there('bundle', 'show', file, '--passphrase-file', secret)).toMatchObject({ err: [], code: 0 })
  })

  it('says what is wrong', async () => {
    const { here, there, file, elsewhere } = await aMachine()
    const code = async (...args: readonly string[]) => (await here('bundle', 'export', '--file', file, ...args)).code
    expect(await code()).toBe(2)
    expect(await code('--rollout', 'web')).toBe(2)
    expect(await code('--rollout', 'eu/shop/web', '--plan', 'x')).toBe(2)
    expect(await code('--since', 'yesterday')).toBe(2)
    expect(await code('--since', '1h', '--passphrase-file', '/none')).toBe(2)
    expect(await code('--rollout', 'eu/shop/none')).toBe(1)
    expect(await there('bundle', 'export', '--since', '1h', '--file', file)).toMatchObject({ code: 1 })
    expect(await there('bundle', 'show', join(elsewhere, 'none'))).toMatchObject({ code: 1 })
    writeFileSync(file, 'something else')
    expect(await there('history', '--bundle', file)).toMatchObject({
      err: [`argosy: ${file} cannot be opened: This is no bundle of Argosy.`],
      code: 1,
    })
    expect(readdirSync(elsewhere)).toEqual(['release.argosy'])
  })
})
