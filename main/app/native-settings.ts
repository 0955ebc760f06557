import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { decodeJson } from '#lib/decode-json.ts'
import type { Log } from '#lib/log.ts'
import { codeOf } from '#main/cluster/classify-failure.ts'

/** In the data folder: what is on the board of each context. */
const fileName = 'board.json'

const settings = v.object({
  /** Contexts whose Deployments and StatefulSets somebody took off the board, or put on it. */
  natives: v.optional(v.record(v.string(), v.boolean()), {}),
})

/** Whether native workloads of a context are on the board; kept from one start to the next. */
export interface NativeSettings {
  shows(context: string): boolean
  /** Throws nothing: a choice that cannot be kept holds until the end. */
  choose(context: string, shown: boolean): void
}

/** They are shown unless somebody said otherwise. */
const shownByDefault = true

export function openNativeSettings(folder: string, log: Log): NativeSettings {
  const path = join(folder, fileName)
  const chosen = new Map(Object.entries(read(path, log)))
  return {
    shows: (context) => chosen.get(context) ?? shownByDefault,
    choose(context, shown) {
      chosen.set(context, shown)
      try {
        mkdirSync(folder, { recursive: true })
        writeFileSync(`${path}.new`, JSON.stringify({ natives: Object.fromEntries(chosen) }), { mode: 0o600 })
        renameSync(`${path}.new`, path)
      } catch (error) {
        log('error', 'what is on the board cannot be kept', { path, cause: codeOf(error) })
      }
    },
  }
}

function read(path: string, log: Log): Readonly<Record<string, boolean>> {
  try {
    const decoded = decodeJson(readFileSync(path, 'utf8'))
    const parsed = decoded.ok ? v.safeParse(settings, decoded.value) : undefined
    if (parsed?.success === true) return parsed.output.natives
    log('error', 'what was on the board cannot be read', { path })
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') log('error', 'what was on the board cannot be read', { path, cause: codeOf(error) })
  }
  return {}
}
