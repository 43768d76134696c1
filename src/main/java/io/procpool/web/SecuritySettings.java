package io.procpool.web;

import java.util.List;
import java.util.Locale;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param insecure let anyone who reaches the port call functions: needed for any address but loopback as long as there are no keys
 * @param hosts names beside {@code localhost} under which the service is called on loopback
 */
@ConfigurationProperties("procpool.security")
record SecuritySettings(@DefaultValue("false") boolean insecure, @DefaultValue List<String> hosts) {
    SecuritySettings {
        hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }
}
