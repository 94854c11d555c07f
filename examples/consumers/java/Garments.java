import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Counts the garments of visits by colour: java -cp 'lib/*' Garments.java localhost:9092 */
public final class Garments {
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: java -cp 'lib/*' Garments.java HOST:PORT");
            System.exit(2);
        }
        Map<String, Object> settings = Map.of(
            "bootstrap.servers", arguments[0],
            "group.id", "garments",
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest",
            // It counts in memory, so it begins anew every time; one that keeps its counts commits with them.
            "enable.auto.commit", "false");
        Garments garments = new Garments();
        ObjectMapper json = new ObjectMapper();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("footfall.visits.v1"));
            while (true) {
                var records = consumer.poll(Duration.ofSeconds(1));
                for (ConsumerRecord<String, byte[]> record : records) {
                    garments.take(json.readTree(record.value()));
                }
                if (!records.isEmpty()) {
                    System.out.println(json.writeValueAsString(garments.counts));
                }
            }
        }
    }

    /** Adds one visit, unless it came before: a topic may hold an event twice where the guarantee is at_least_once. */
    private void take(JsonNode visit) {
        if (!seen.add(visit.get("event_id").asText())) {
            return;
        }
        for (JsonNode item : visit.get("outfit")) {
            counts.merge(item.get("color").asText() + " " + item.get("part").asText(), 1, Integer::sum);
        }
    }
}
