/** One line of the JSON stream of pull, push, load and build. Source: moby `pkg/jsonmessage`. */
export interface ProgressMessage {
  /** `Pulling fs layer`, `Downloading`, `Verifying Checksum`, `Download complete`, `Extracting`, `Pull complete` … */
  status?: string;
  /** Twelve hexadecimal digits of the layer's digest, or the tag. */
  id?: string;
  progressDetail?: { current?: number; total?: number };
  /** The bar as text, for clients that do not draw their own. */
  progress?: string;
  stream?: string;
  error?: string;
  errorDetail?: { code?: number; message: string };
  aux?: unknown;
}
