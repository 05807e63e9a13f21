import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.util.Arrays;
import java.util.List;

/** Speaks the MongoDB wire protocol on loopback over an H2 file, for tests. Arguments: port, file. */
public final class TestMongo {
  private TestMongo() {}

  public static void main(String[] arguments) throws InterruptedException {
    H2Backend backend = new H2Backend(arguments[1]);
    // Today's drivers refuse to speak with the wire version that the library claims by itself.
    backend.version(new MongoVersion() {
      @Override
      public List<Integer> getVersionArray() {
        return Arrays.asList(5, 0, 0);
      }

      @Override
      public int getWireVersion() {
        return 13;
      }
    });
    MongoServer server = new MongoServer(backend);
    server.enableOplog();
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    Thread.currentThread().join();
  }
}
