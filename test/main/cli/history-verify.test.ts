import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { historyFiles } from '#main/data-folder.ts'
import { appendAction } from '#main/history/journal.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { anAction, key } from '#test/support/recording.ts'
import { runCli } from '#test/support/run-cli.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

function aFile(acts: number): string {
  const path = join(dirname(aHistoryPath()), historyFiles.clusters)
  for (let index = 0; index < acts; index++) {
    const added = appendAction(path, { key, uid: 'u' }, anAction({ reason: `reason ${index}` }), T0 + index)
    expect(added.ok).toBe(true)
  }
  return path
}

const verify = (path: string, ...args: readonly string[]) =>
  runCli(['history', 'verify', ...args], new VirtualClock(), dirname(path))

function edit(path: string, ...statements: readonly string[]): void {
  const db = new DatabaseSync(path)
  for (const each of statements) db.exec(each)
  db.close()
}

describe('argosy history verify', () => {
  it('W10: tells that the record is unbroken, and the heads to note down', async () => {
    const path = aFile(3)
    const { out, err, code } = await verify(path)
    expect(out[0]).toMatch(/^acts: 3 entries, unbroken; proven since \d{4}-/)
    expect(out[1]).toMatch(/^ {2}head journal:3:[0-9a-f]{64}$/)
    expect(out[2]).toMatch(/^writes: 0 entries, unbroken/)
    expect({ err, code }).toEqual({ err: [], code: 0 })
  })

  it('names the first entry that was edited, or that is gone', async () => {
    const path = aFile(5)
    edit(path, 'DROP TRIGGER journal_is_kept', `UPDATE journal SET body = replace(body, 'reason 3', 'reason 9')`)
    expect(await verify(path)).toMatchObject({ code: 1 })
    expect((await verify(path)).out[0]).toBe('acts: broken at entry 4, which was changed')
    edit(path, 'DROP TRIGGER journal_stays', 'DELETE FROM journal WHERE id = 2', 'DELETE FROM link WHERE id = 2')
    expect((await verify(path)).out[0]).toBe('acts: broken at entry 2, which was removed')
  })

  it('a head that was noted down finds a record that was written anew', async () => {
    const [path, other] = [aFile(3), aFile(3)]
    const head = (await verify(path)).out[1]?.replace('  head ', '') ?? ''
    expect(await verify(path, '--expect', head)).toMatchObject({ code: 0 })
    expect(await verify(other, '--expect', head)).toMatchObject({
      err: ['argosy: acts: entry 3 is not as it was noted down: it was pruned, or the record was written anew'],
      code: 1,
    })
    expect(await verify(path, '--expect', 'nonsense')).toMatchObject({ code: 2 })
  })

  it('-o json, and a file that is not there', async () => {
    const path = aFile(1)
    const { out } = await verify(path, '-o', 'json')
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      chains: [{ name: 'journal', head: { last: 1, takenOver: 0 }, verdict: { isUnbroken: true, entries: 1 } }, {}],
      missing: [],
    })
    expect(await verify(aHistoryPath())).toMatchObject({ code: 1 })
  })
})
