import type { Input } from '../contract.ts'

type Announced = 'fileName' | 'fileSize' | 'contentType'

/** What is to be posted where and when. The options of a platform are a further field, named for it. */
export type UploadDescription = Omit<Input<'POST /api/upload/presign-put'>, Announced>
