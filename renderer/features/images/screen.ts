import { Layers } from 'lucide-react';
import { screen } from '../../stores/window/screens.ts';
import { ImageCounts } from './image-counts.tsx';

export const imageScreen = screen({ page: 'image', under: 'images', load: () => import('./image-page.tsx') });

export const imagesScreen = screen({
  page: 'images',
  destination: { label: 'shell:destinations.images', icon: Layers, key: 'I', order: 30, route: { page: 'images' }, Counts: ImageCounts },
  load: () => import('./images-page.tsx'),
});
