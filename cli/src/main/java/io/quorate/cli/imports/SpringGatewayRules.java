package io.quorate.cli.imports;

import io.quorate.cli.imports.Harvest.Sketch;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Spring Cloud Gateway's RequestRateLimiter filters: token buckets by route and user. */
final class SpringGatewayRules implements Importer {
    private final Harvest harvest;

    SpringGatewayRules(Harvest harvest) {
        this.harvest = harvest;
    }

    @Override
    public void read(Section root) {
        List<Section> routes = Stream.of(
                        "spring.cloud.gateway.routes",
                        "spring.cloud.gateway.server.webflux.routes",
                        "spring.cloud.gateway.server.webmvc.routes")
                .flatMap(path -> root.items(path).stream())
                .distinct()
                .toList();
        for (Section route : routes) {
            for (Section filter : route.items("filters")) {
                if (filter.text("name").filter("RequestRateLimiter"::equals).isPresent()) {
                    filter(route, filter);
                } else {
                    harvest.dropped(filter.node(), "a filter of another kind", "it isn't a limit");
                }
            }
        }
    }

    private void filter(Section route, Section filter) {
        String id = route.text("id").orElse("");
        Optional<Long> rate = number(filter, "replenish-rate");
        if (id.isEmpty() || rate.isEmpty()) {
            harvest.reject(
                    filter.node(),
                    "a RequestRateLimiter needs the route's id and a replenish-rate of 1 or more",
                    "write both");
            return;
        }
        long burst = number(filter, "burst-capacity").orElse(1L);
        long cost = number(filter, "requested-tokens").orElse(1L);
        Optional<String> resolver = filter.text("args.key-resolver");
        if (resolver.isPresent()) {
            harvest.changed(
                    filter.node(),
                    "counted by the key-resolver " + resolver.get(),
                    "send what it gives as entry 'user'");
        }
        if (cost > 1) {
            harvest.changed(
                    filter.node(),
                    "each request takes " + cost + " tokens",
                    "ask with cost " + cost + " for this route");
        }
        harvest.limit(filter.node(), Algorithm.TOKEN_BUCKET, rate.get(), 1_000, burst)
                .ifPresent(bucket -> harvest.add(
                        harvest.namespace(),
                        filter.node(),
                        new Sketch(
                                harvest.id(harvest.namespace(), id),
                                List.of(
                                        new EntryMatch("route", new Pattern.Exact(id)),
                                        new EntryMatch("user", new Pattern.Any())),
                                bucket)));
    }

    private static Optional<Long> number(Section filter, String field) {
        return filter.text("args.redis-rate-limiter." + field)
                .filter(text -> text.matches("[1-9][0-9]{0,11}"))
                .map(Long::valueOf);
    }
}
