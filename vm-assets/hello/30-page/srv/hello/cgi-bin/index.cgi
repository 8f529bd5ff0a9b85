#!/bin/sh
# The page at /. Busybox's httpd runs it for each request, so what it shows is what is true now.
. /usr/lib/hello/facts

html() {
  sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' -e 's/"/\&quot;/g'
}

row() {
  printf '<div><dt>%s</dt><dd>%s</dd></div>\n' "$1" "$(printf '%s' "$2" | html)"
}

printf 'Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n\r\n'
cat /srv/hello/head.html
printf '<p class="lead">This page comes from the container <strong>%s</strong>. Nothing of it is made up: each line below was read from the kernel as you opened it.</p>\n' "$(fact_hostname | html)"
echo '<dl>'
row 'Hostname' "$(fact_hostname)"
row 'Process 1' "$(fact_pid1)"
row 'Memory' "$(fact_memory)"
row 'CPU' "$(fact_cpu)"
row 'Processes' "$(fact_pids)"
row 'Address' "$(fact_address)"
row 'System' "$(fact_system)"
row 'Time' "$(date -u '+%Y-%m-%d %H:%M:%S UTC')"
echo '</dl>'
echo '<h2>Layers</h2><ol class="layers">'
echo '<li class="top"><b>writable</b><span>what this container changes; gone when it is removed</span></li>'
fact_layers | while read -r layer; do
  printf '<li><b>read-only</b><span>%s</span></li>\n' "$(printf '%s' "$layer" | html)"
done
echo '</ol>'
cat /srv/hello/foot.html
