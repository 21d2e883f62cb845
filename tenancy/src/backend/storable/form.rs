//! The form of moments, dates and times of day on SQLite, which has no types for them.
//!
//! They are texts, and texts are compared byte by byte. So there is one form for each, of one width: two texts are
//! equal if and only if the values are, and in the same order. sqlx's own leave out a fraction of zero, and keep
//! offsets as they are.

/// A moment, in UTC, or a date with a time of day, as `2026-01-31 23:59:59.000000000`: what SQLite's
/// `CURRENT_TIMESTAMP` writes, with all digits of the fraction. It takes RFC 3339 and what sqlx writes besides.
pub(crate) fn moment(text: &str) -> Option<String> {
    let (date, rest) = text.split_at_checked(DATE)?;
    let rest = rest.strip_prefix(['T', ' '])?;
    let (time, offset) = match rest.find(['Z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (day, time) = (day(date)?, clock(time)?);
    let minutes = offset_in_minutes(offset)?;
    if minutes == 0 && !is_leap(&time) {
        return Some(format!("{date} {time}"));
    }
    let (of_day, seconds) = minute_of_day(&time)?;
    let total = day * MINUTES + of_day - minutes;
    let date = date_of(total.div_euclid(MINUTES))?;
    let (hour, minute) = (
        total.rem_euclid(MINUTES) / 60,
        total.rem_euclid(MINUTES) % 60,
    );
    Some(format!("{date} {hour:02}:{minute:02}{seconds}"))
}

/// A date, as `2026-01-31`.
pub(crate) fn date(text: &str) -> Option<String> {
    day(text).map(|_| text.to_owned())
}

/// A time of day, as `23:59:59.000000000`.
pub(crate) fn time_of_day(text: &str) -> Option<String> {
    let time = clock(text)?;
    if !is_leap(&time) {
        return Some(time);
    }
    let (minute, seconds) = minute_of_day(&time)?;
    let (hour, minute) = (minute / 60, minute % 60);
    (hour < 24).then(|| format!("{hour:02}:{minute:02}{seconds}"))
}

/// Whether it is in the sixtieth second of a minute: a leap second, which is the first of the next minute, as it is on
/// PostgreSQL.
fn is_leap(time: &str) -> bool {
    time.get(6..8) == Some("60")
}

/// The number of the minute, and the seconds after it.
fn minute_of_day(time: &str) -> Option<(i64, String)> {
    let minute = number(time.get(..2)?)? * 60 + number(time.get(3..5)?)?;
    Some(match is_leap(time) {
        true => (minute + 1, format!(":00{}", time.get(8..)?)),
        false => (minute, time.get(5..)?.to_owned()),
    })
}

/// A time of day that may be a leap second, with all its digits.
fn clock(text: &str) -> Option<String> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, fraction),
        None => (text, "0"),
    };
    let [a, b, b':', c, d, b':', e, f] = *clock.as_bytes() else {
        return None;
    };
    let all_digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let fits = [a, b] < *b"24" && [c, d] < *b"60" && [e, f] <= *b"60";
    let digits = all_digits(&[a, b, c, d, e, f]) && all_digits(fraction.as_bytes());
    let whole = (1..=DIGITS).contains(&fraction.len());
    (fits && digits && whole).then(|| format!("{clock}.{fraction:0<DIGITS$}"))
}

/// How many bytes a date has.
const DATE: usize = 10;
/// How many digits a fraction has.
const DIGITS: usize = 9;
/// How many minutes a day has.
const MINUTES: i64 = 24 * 60;

/// How far from UTC it is.
fn offset_in_minutes(offset: &str) -> Option<i64> {
    let sign = match offset.as_bytes().first() {
        None => return Some(0),
        Some(b'Z') => return (offset.len() == 1).then_some(0),
        Some(b'-') => -1,
        Some(_) => 1,
    };
    let (hours, minutes) = offset[1..].split_once(':')?;
    let two = |text: &str| (text.len() == 2).then(|| number(text)).flatten();
    Some(sign * (two(hours)? * 60 + two(minutes)?))
}

fn number(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// The number of a day, counted from any.
///
/// Years begin in March here, so that the day that not every year has is the last one.
fn day(date: &str) -> Option<i64> {
    let [_, _, _, _, b'-', _, _, b'-', _, _] = *date.as_bytes() else {
        return None;
    };
    let (year, month, day) = (
        number(&date[..4])?,
        number(&date[5..7])?,
        number(&date[8..])?,
    );
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leaps + (month * 153 + 2) / 5 + day - 1)
}

/// The date of a day, if it is in the years 0 to 9999.
fn date_of(day: i64) -> Option<String> {
    // Of four hundred years all are alike.
    const ERA: i64 = 146_097;
    let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    let (year, month) = if month < 10 {
        (year, month + 3)
    } else {
        (year + 1, month - 9)
    };
    (0..=9999)
        .contains(&year)
        .then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_its_own() {
        let mut last = day("0000-01-01").expect("a day") - 1;
        for year in 0..=9999 {
            for (month, days) in (1..).zip([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
                for of_month in 1..=days + 1 {
                    let text = format!("{year:04}-{month:02}-{of_month:02}");
                    let Some(number) = day(&text) else {
                        assert!(of_month > 28, "{text}");
                        continue;
                    };
                    assert_eq!(number, last + 1, "{text}");
                    assert_eq!(date_of(number), Some(text));
                    last = number;
                }
            }
        }
        assert_eq!(date_of(last + 1), None);
        assert_eq!(day("2023-02-29"), None);
        assert_eq!(day("2100-02-29"), None);
        assert_eq!(day("2026-13-01"), None);
        assert_eq!(day("2026-00-01"), None);
        assert_eq!(day("2026-01-00"), None);
    }

    #[test]
    fn a_moment_has_one_form() {
        for text in [
            "2026-01-01T00:30:00Z",
            "2026-01-01 00:30:00",
            "2026-01-01 00:30:00.0",
            "2026-01-01T00:30:00.000+00:00",
            "2026-01-01T02:00:00+01:30",
            "2025-12-31T19:30:00-05:00",
        ] {
            let form = moment(text);
            assert_eq!(
                form.as_deref(),
                Some("2026-01-01 00:30:00.000000000"),
                "{text}"
            );
        }
        assert_eq!(
            moment("2024-03-01T00:00:00.5+00:01").as_deref(),
            Some("2024-02-29 23:59:00.500000000")
        );
        assert_eq!(
            moment("2016-12-31T23:59:60.5Z").as_deref(),
            Some("2017-01-01 00:00:00.500000000")
        );
        assert_eq!(
            moment("2017-01-01T00:59:60+01:00").as_deref(),
            Some("2017-01-01 00:00:00.000000000")
        );
        assert_eq!(moment("9999-12-31T23:59:60Z"), None);
    }

    #[test]
    fn what_is_not_in_order_has_none() {
        for text in [
            "+10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+01:00",
            "2026-01-01",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.0000000001Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00Zulu",
            "2026-01-0\u{e9}T00:00:00Z",
            "infinity",
            "",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
        assert_eq!(time_of_day("9:00:00"), None);
        assert_eq!(date("2026-1-01"), None);
        assert_eq!(time_of_day("23:59:60"), None);
        assert_eq!(
            time_of_day("22:59:60.25").as_deref(),
            Some("23:00:00.250000000")
        );
        assert_eq!(
            time_of_day("09:00:00").as_deref(),
            Some("09:00:00.000000000")
        );
    }
}
