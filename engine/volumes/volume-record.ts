/** A volume as it is stored. Who uses it is known from the containers alone. */
export interface VolumeRecord {
  name: string;
  /** RFC 3339. */
  created: string;
  labels: Record<string, string>;
  options: Record<string, string>;
  /** Made for one container without a name, and removed with it when asked. */
  anonymous: boolean;
}

/** @throws Error for another shape; the store then sets the file aside. */
export function parseVolumeRecord(value: unknown): VolumeRecord {
  const record = value as Partial<VolumeRecord>;
  if (typeof record?.name !== 'string' || typeof record.created !== 'string') throw new Error('it is no volume');
  return { labels: {}, options: {}, anonymous: false, ...record } as VolumeRecord;
}
