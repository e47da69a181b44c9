import { useMutation } from '@tanstack/react-query'
import { client } from '../session/client.ts'
import { cache } from './cache.ts'
import { UPLOADS, type Upload, uploadQuery } from './uploads.ts'

/** Every change answers with the upload as it is now; where it does not, and in the lists, it is read anew. */
const useChange = <Input extends { readonly uploadId: string }>(change: (input: Input) => Promise<Upload>) =>
  useMutation({
    mutationFn: change,
    onSuccess: upload => cache.setQueryData(uploadQuery(upload.uploadId).queryKey, upload),
    // A refusal may tell of a change that this page has not seen yet.
    onSettled: () => cache.invalidateQueries({ queryKey: [UPLOADS] })
  })

export type Change = Omit<Parameters<typeof client.uploads.change>[0], 'uploadId'>

export const useRetry = () =>
  useChange((input: { uploadId: string; accounts?: string[] }) => client.uploads.retry(input))
export const useCancel = () =>
  useChange((input: { uploadId: string; accounts?: string[] }) => client.uploads.cancel(input))
export const useDismiss = () => useChange((input: { uploadId: string }) => client.uploads.dismiss(input))
export const useResolve = () =>
  useChange((input: Parameters<typeof client.uploads.resolve>[0]) => client.uploads.resolve(input))
export const useEdit = () => useChange((input: { uploadId: string } & Change) => client.uploads.change(input))

export const useDelete = () =>
  useMutation({
    mutationFn: (uploadId: string) => client.uploads.delete({ uploadId }),
    onSettled: () => cache.invalidateQueries({ queryKey: [UPLOADS, 'list'] })
  })
