import type { WriteSent } from '#lib/write-sent.ts'
import type { ContextAccess } from './kubeconfig.ts'
import { createClusterClient, type SigningClient } from './rest.ts'
import type { TransportOptions } from './transport.ts'
import { createWhoAmI, type WhoAmI } from './who-am-i.ts'

/** A write, by which way it went out, and who the cluster says that we are there. */
export interface WriteBy extends WriteSent {
  readonly context: string
  readonly user: string | undefined
}

/** Keeps what was written. It is not told of the next write before it is done with one, and never fails. */
export type WriteSink = (write: WriteBy) => void | Promise<void>

/** A client whose every write is told, in the order in which they were answered. */
export interface RecordedClient extends SigningClient {
  readonly whoAmI: WhoAmI
}

type RecordedOptions = Omit<TransportOptions, 'onWrite' | 'access'> & {
  readonly onWrite: WriteSink
  /** Called when it was told of the last write. */
  readonly onClose?: () => void
}

/** Whatever a person or an engine writes goes through one of these: it cannot be written past the record (ACT-15). */
export function createRecordedClient(
  access: ContextAccess,
  { onWrite, onClose, ...options }: RecordedOptions,
): RecordedClient {
  let told = Promise.resolve()
  const tell = (sent: WriteSent): void => {
    const name = whoAmI.name()
    told = told.then(async () => onWrite({ ...sent, context: access.context, user: await name }))
  }
  const client = createClusterClient({ ...options, access, onWrite: tell })
  const whoAmI = createWhoAmI(client, options.clock)
  return {
    ...client,
    get clockOffsetMs() {
      return client.clockOffsetMs
    },
    whoAmI,
    signInAs(other) {
      whoAmI.forget()
      client.signInAs(other)
    },
    close: async () => {
      // Who we are may still be on its way, and closing would cut it off.
      await told
      await client.close()
      await told
      onClose?.()
    },
  }
}
