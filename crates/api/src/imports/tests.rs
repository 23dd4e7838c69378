//! Tests of `imports`.

use super::*;

const NOW: Duration = Duration::ZERO;

#[tokio::test]
async fn so_many_are_under_way_and_a_quarter_of_the_connections_load() {
    let imports = Imports::new(16, NOW);
    let mut places: Vec<_> = (0..MOST).map(|_| imports.enter().expect("room")).collect();
    assert_eq!(imports.enter().err().map(|it| it.kind()), Some(Kind::Unavailable));
    drop(places.pop());
    drop(imports.enter().expect("room again"));

    let mut turns = Vec::new();
    for _ in 0..4 {
        turns.push(imports.turn(None).await.expect("a turn"));
    }
    assert_eq!(imports.turn(None).await.err().map(|it| it.kind()), Some(Kind::Unavailable));
    drop(turns.pop());
    drop(imports.turn(None).await.expect("the next one's turn"));
}

#[tokio::test]
async fn one_at_a_time_loads_where_the_server_has_few_connections() {
    let imports = Imports::new(16, NOW);
    let few = Some(ConnectionCount { in_use: 0, idle: 1, most: 3 });
    let turn = imports.turn(few).await.expect("a turn");
    assert!(imports.turn(few).await.is_err());
    drop(turn);
    drop(imports.turn(few).await.expect("the next one's turn"));
}

#[tokio::test]
async fn with_few_connections_they_still_load() {
    drop(Imports::new(1, NOW).turn(None).await.expect("a turn"));
}
