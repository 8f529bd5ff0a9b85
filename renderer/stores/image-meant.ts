import { callEngine } from '../api.ts';
import { splitReference } from '../format/engine/reference.ts';
import { nearest } from '../format/nearest.ts';

/** Images of Docker Hub that courses and compose files begin with. */
const wellKnown =
  'alpine amazoncorretto archlinux bash busybox caddy cassandra centos clickhouse composer couchdb debian docker drupal eclipse-temurin elasticsearch elixir erlang fedora gcc ghost gitea/gitea golang gradle grafana/grafana haproxy hello-world httpd influxdb joomla kibana kong logstash mariadb maven memcached minio/minio mongo mongo-express mysql nats neo4j nextcloud nginx node odoo openjdk oraclelinux percona perl php phpmyadmin portainer/portainer-ce postgis/postgis postgres prom/prometheus python rabbitmq redis registry rockylinux ruby rust solr sonarqube swift telegraf tomcat traefik ubuntu valkey/valkey vault wordpress zookeeper'.split(' ');

/** What was probably meant by a name that no registry has: first what is here and what everyone knows, then what the registry finds. */
export async function imageMeant(reference: string, here: readonly string[]): Promise<string | undefined> {
  const { name, tag } = splitReference(reference.trim());
  const known = nearest(name, [...here.map((one) => splitReference(one).name), ...wellKnown]);
  if (known !== undefined) return `${known}${tag}`;
  // A registry of one's own cannot be searched by Docker Hub's search.
  if (/^[^/]*[.:]|^localhost\//.test(name)) return undefined;
  try {
    const found = await callEngine('images.search', { term: name, limit: 5 });
    const best = found.find((result) => result.is_official) ?? found[0];
    return best === undefined || best.name === name ? undefined : `${best.name}${tag}`;
  } catch {
    return undefined;
  }
}
