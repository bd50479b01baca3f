package io.quorate.cli.imports;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The rate limiters whose configuration can be imported. */
public enum Origin {
    /** {@code envoyproxy/ratelimit}: a domain with a tree of descriptors. */
    ENVOY("envoy", root -> root.has("domain") && root.has("descriptors"), EnvoyRules::new),
    /** {@code Kuadrant/limitador}: a list of limits. */
    LIMITADOR(
            "limitador",
            root -> root.firstItem().map(limit -> limit.has("max_value")).orElse(false),
            LimitadorRules::new),
    /** Kuadrant's RateLimitPolicy. */
    KUADRANT(
            "kuadrant",
            root -> root.text("kind").filter("RateLimitPolicy"::equals).isPresent(),
            KuadrantRules::new),
    /** Apache APISIX, declarative: the plugins limit-count, limit-req and limit-conn. */
    APISIX("apisix", ApisixRules::recognises, ApisixRules::new),
    /** Kong, declarative: the plugins rate-limiting and rate-limiting-advanced. */
    KONG("kong", KongRules::recognises, KongRules::new),
    /** The Bucket4j Spring Boot starter's {@code bucket4j.filters}. */
    BUCKET4J("bucket4j", root -> root.at("bucket4j.filters").isPresent(), Bucket4jRules::new),
    /** Resilience4j's Spring configuration: {@code resilience4j.ratelimiter}. */
    RESILIENCE4J("resilience4j", root -> root.at("resilience4j.ratelimiter").isPresent(), Resilience4jRules::new),
    /** Spring Cloud Gateway: RequestRateLimiter filters. */
    SPRING_GATEWAY("spring-gateway", root -> root.at("spring.cloud.gateway").isPresent(), SpringGatewayRules::new),
    /** Sentinel's flow rules, a list in JSON. */
    SENTINEL(
            "sentinel",
            root -> root.firstItem()
                    .map(rule -> rule.has("resource") && rule.has("count"))
                    .orElse(false),
            SentinelRules::new);

    private final String label;
    private final Predicate<Section> recognises;
    private final Function<Harvest, Importer> importer;

    Origin(String label, Predicate<Section> recognises, Function<Harvest, Importer> importer) {
        this.label = label;
        this.recognises = recognises;
        this.importer = importer;
    }

    /** As on the command line. */
    public String label() {
        return label;
    }

    /** The origin of this name. */
    public static Optional<Origin> ofLabel(String label) {
        return Arrays.stream(values()).filter(o -> o.label.equals(label)).findFirst();
    }

    /** All names, for a sentence. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Origin::label).toList();
    }

    static Optional<Origin> of(Section root) {
        return Arrays.stream(values()).filter(o -> o.recognises.test(root)).findFirst();
    }

    Importer importer(Harvest harvest) {
        return importer.apply(harvest);
    }
}
