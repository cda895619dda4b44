/** Part of the page's script: numbers as labels of axes and as values under the cursor. Runs in the browser. */
export const clientFormats = `
const digits = (value, count) => String(Number(value.toPrecision(count)));

const durationText = (us) => us < 1e3 ? digits(us, 3) + 'µs' : us < 1e6 ? digits(us / 1e3, 3) + 'ms' : digits(us / 1e6, 3) + 's';

const percentileText = (x) => {
	const percent = 100 - 100 / x;
	return percent.toFixed(Math.max(0, Math.min(9, Math.ceil(Math.log10(x) - 2 - 1e-9)))) + '%';
};

const rateText = (rate) => rate >= 1e6 ? digits(rate / 1e6, 4) + 'M' : rate >= 1e3 ? digits(rate / 1e3, 4) + 'k' : digits(rate, 4);

const octetText = (octets) => octets >= 2 ** 30 ? digits(octets / 2 ** 30, 3) + ' GiB' : octets >= 2 ** 20 ? digits(octets / 2 ** 20, 3) + ' MiB' : octets >= 1024 ? digits(octets / 1024, 3) + ' KiB' : digits(octets, 3);

/** For axes: short. */
const axisTexts = {
	seconds: (sec) => digits(sec, 6) + 's',
	percentile: percentileText,
	rate: (rate) => rateText(rate) + '/s',
	duration: durationText,
	percent: (percent) => digits(percent, 4) + '%',
	octets: octetText,
	entries: rateText,
};

/** For what is under the cursor. */
const valueTexts = {
	seconds: (sec) => sec.toFixed(1) + 's',
	percentile: (x) => (100 - 100 / x).toFixed(Math.max(1, Math.min(9, Math.ceil(Math.log10(x))))) + '%',
	rate: (rate) => Math.round(rate).toLocaleString('en-US') + '/s',
	duration: durationText,
	percent: (percent) => digits(percent, 3) + '%',
	octets: octetText,
	entries: (count) => count.toLocaleString('en-US'),
};

/** 1, 2, 5, 10, 20 ... from min to max, or the powers of ten alone where that would be many. */
const logSplits = (min, max) => {
	const steps = max / min > 2000 ? [1] : [1, 2, 5];
	const splits = [];
	for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
		for (const step of steps) {
			const split = Number((step * 10 ** power).toPrecision(1));
			if (split >= min * 0.999 && split <= max * 1.001) splits.push(split);
		}
	}
	return splits;
};

/** Powers of two, or of four, sixteen … where they would be many. */
const octetSplits = (min, max, most) => {
	const low = Math.ceil(Math.log2(min) - 1e-9);
	const high = Math.floor(Math.log2(max) + 1e-9);
	let step = 1;
	while ((high - low) / step > most) step *= 2;
	const splits = [];
	for (let power = Math.ceil(low / step) * step; power <= high; power += step) splits.push(2 ** power);
	return splits;
};

const below = (value) => {
	const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
	return (value >= power * 5 ? 5 : value >= power * 2 ? 2 : 1) * power;
};

const above = (value) => {
	const power = 10 ** Math.floor(Math.log10(value) - 1e-9);
	return (value <= power * 2 ? 2 : value <= power * 5 ? 5 : 10) * power;
};
`.trim();
